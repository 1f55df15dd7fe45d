/** Fulfilled once the page is drawn, or at once if nobody looks. */
export function seen(): Promise<void> {
  return new Promise((resolve) => {
    // The callback comes before the frame is drawn, a timer after it.
    if (document.visibilityState === 'hidden') resolve();
    else requestAnimationFrame(() => setTimeout(resolve));
  });
}
