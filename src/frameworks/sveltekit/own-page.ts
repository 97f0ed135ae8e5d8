import type { SvelteKitEvent } from "./event.ts";

/** Fields that belong to the body they came with. */
const ABOUT_BODY = /^content-/;

/**
 * Makes the function that gives an answer of the gate the body that a page of the app has. If the app cannot render it, the
 * answer stays as it was: a layout may need the very database that is being moved.
 *
 * @param path The path of the page.
 * @param report Gets the error if the page cannot be rendered, once until it can be rendered again.
 */
export function createOwnPage(
  path: string,
  report: (error: unknown) => void,
): (answer: Response, event: SvelteKitEvent) => Promise<Response> {
  let isBroken = false;
  return async (answer, event) => {
    // What programs get, and redirects, are no pages.
    if (!answer.headers.get("content-type")?.startsWith("text/html")) return answer;
    // Where the app's handleFetch sends its own requests over the network, the page would ask for itself without end.
    if (event.url.pathname === path) return answer;
    try {
      const page = await event.fetch(path, { headers: { accept: "text/html" } });
      if (page.status !== 200) throw new Error(`The page ${path} of the app has the status ${page.status}`);
      const html = withBase(await page.text(), path);
      isBroken = false;
      const { status, statusText } = answer;
      const headers = fieldsOf(answer, page);
      return new Response(event.request.method === "HEAD" ? null : html, { status, statusText, headers });
    } catch (error) {
      if (!isBroken) report(error);
      isBroken = true;
      return answer;
    }
  };
}

/** The fields of an answer, with those of the page in place of those that belong to the answer's own body. */
function fieldsOf(answer: Response, page: Response): Headers {
  const headers = new Headers(answer.headers);
  for (const name of [...headers.keys()]) {
    if (ABOUT_BODY.test(name)) headers.delete(name);
  }
  page.headers.forEach((value, name) => {
    if (ABOUT_BODY.test(name) && name !== "content-length") headers.set(name, value);
  });
  return headers;
}

/** SvelteKit refers to styles and images from where it has rendered the page, and this one appears at any URL. */
function withBase(html: string, path: string): string {
  const href = path.replace(/[&"<]/g, (character) => `&#${character.charCodeAt(0)};`);
  return html.replace(/<head(?:\s[^>]*)?>/i, (head) => `${head}<base href="${href}">`);
}
