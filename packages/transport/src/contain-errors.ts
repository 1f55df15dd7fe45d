/** `report` made safe to call anywhere: what a reporter itself throws has nowhere left to go. */
export function containErrors(report: (error: unknown) => void): (error: unknown) => void {
  return (error) => {
    try {
      report(error);
    } catch {
      // The work that met the first error must go on.
    }
  };
}
