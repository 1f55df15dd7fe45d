/** Whether `count` of them are fulfilled, as soon as that is known. */
export function haveSettled(promises: readonly Promise<void>[], count: number): Promise<boolean> {
  return new Promise((resolve) => {
    let [done, failed] = [0, 0];
    const look = (): void => {
      if (done >= count) resolve(true);
      else if (promises.length - failed < count) resolve(false);
    };
    look();
    for (const promise of promises) {
      promise.then(
        () => {
          done += 1;
          look();
        },
        () => {
          failed += 1;
          look();
        },
      );
    }
  });
}
