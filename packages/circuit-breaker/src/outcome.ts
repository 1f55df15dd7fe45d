/** How an admitted call ended, as far as the circuit is concerned. */
export type Outcome =
  | 'success'
  | 'failure'
  | 'slowSuccess'
  | 'slowFailure'
  /** Says nothing about the service: the permit goes back, nothing is counted. */
  | 'ignored';
