/** The site that the demo puts into maintenance: two pages, a JSON API and a health check. */

/** Answers a request as the site does when it is up. */
export function site(request: Request): Response {
  const { pathname } = new URL(request.url);
  if (pathname === "/") return page("Welcome", "<p>This site is up. Now turn maintenance on and watch this page.</p>");
  if (pathname === "/about") {
    return page("About", "<p>A second page, to show that all of them are behind the gate.</p>");
  }
  if (pathname === "/api/clock") return Response.json({ time: new Date().toISOString() });
  if (pathname === "/health") return new Response("ok\n");
  return new Response("Not found\n", { status: 404 });
}

function page(title: string, content: string): Response {
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>
body { max-width: 40rem; margin: 3rem auto; padding: 0 1rem; font: 1.125rem/1.6 system-ui, sans-serif; }
</style>
</head>
<body>
<nav><a href="/">Welcome</a> · <a href="/about">About</a></nav>
<h1>${title}</h1>
${content}
<p>The server's clock, asked for every second: <output>…</output></p>
<script>
setInterval(async () => {
  const answer = await fetch("/api/clock").catch(() => undefined);
  if (answer?.status === 503) location.reload();
  else if (answer) document.querySelector("output").textContent = (await answer.json()).time;
}, 1000);
</script>
</body>
</html>
`;
  return new Response(html, { headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" } });
}
