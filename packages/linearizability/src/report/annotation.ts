/** Something that happened to the system meanwhile, such as a fault. */
export interface Annotation {
  readonly label: string;
  readonly fromTime: number;
  /** Equal to `fromTime` for an instant. */
  readonly toTime: number;
}
