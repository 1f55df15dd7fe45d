/** Stands where a screen will be. */
export function NotHereYet({ what }: { readonly what: string }) {
  return (
    <section class="panel full">
      <p class="empty">Not here yet: {what}</p>
    </section>
  );
}
