/** The ends of most of the paths by which a framework asks for the data of a page. */
const MAY_BE_DATA = /\.(?:data|json|rsc)$/;

/** What is to be cut off a path: of SvelteKit, Nuxt, React Router and Next. */
const SUFFIX = /(?:(?:\/|\.html)__data\.json|\/_payload\.json|(?:\/_)?\.data|\.rsc)$/;

/** The data of the Pages Router of Next, behind the base path and the name of the build. */
const NEXT = /^(.*)\/_next\/data\/[^/]+(\/.*)\.json$/;

/** The names of the page at the root. */
const ROOT = /\/(?:_root|index)?$/;

/**
 * The page of which a path brings the data, in the frameworks that name it after the page; `undefined` if it is no such path.
 * Their clients ask for it in place of the page when a visitor follows a link.
 *
 * @param path A path in one spelling.
 */
export function pageOfData(path: string): string | undefined {
  if (!MAY_BE_DATA.test(path)) return undefined;
  const page = NEXT.test(path) ? path.replace(NEXT, "$1$2") : path.replace(SUFFIX, "");
  return page === path ? undefined : page.replace(ROOT, "") || "/";
}
