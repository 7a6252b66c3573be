/**
 * Waits until the style sheets of the page have come: WebKit runs module scripts before (its bug 209261), and colours that are
 * read from them then are empty. False where one cannot be had.
 */
export async function styled(sheets: Iterable<HTMLLinkElement> = document.querySelectorAll<HTMLLinkElement>('link[rel="stylesheet"]')): Promise<boolean> {
  const come = [...sheets].map((link) => {
    if (link.sheet) return true;
    return new Promise<boolean>((resolve) => {
      link.addEventListener("load", () => resolve(true), { once: true });
      link.addEventListener("error", () => resolve(false), { once: true });
    });
  });
  return (await Promise.all(come)).every(Boolean);
}
