/** The title of the built-in answers, in each representation. */
export const TITLE = "Down for maintenance";

/** What the built-in answers say, in each representation. */
export const DETAIL = "This site is being worked on and will be back soon. Please try again later.";

/** The built-in page: one document that asks for nothing else. */
export const PAGE: string = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>${TITLE}</title>
<style>
body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 1.125rem/1.6 system-ui, sans-serif; }
main { max-width: 34rem; padding: 2rem; }
h1 { font-size: 1.75rem; line-height: 1.25; }
</style>
</head>
<body>
<main>
<h1>${TITLE}</h1>
<p>${DETAIL}</p>
</main>
</body>
</html>
`;
