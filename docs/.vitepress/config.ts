import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type DefaultTheme, defineConfig, type SiteConfig } from "vitepress";

const TITLE = "maintenancemode";
const DESCRIPTION = "Maintenance mode for every server that speaks the Fetch API.";

const root = fileURLToPath(new URL("../", import.meta.url));

/** The pages in the order of the sidebar. `llms.txt` lists them in the same order. */
const sidebar: (DefaultTheme.SidebarItem & { text: string; items: { text: string; link: string }[] })[] = [
  {
    text: "Start",
    items: [
      { text: "Quick start", link: "/quick-start" },
      { text: "Hosts", link: "/hosts" },
      { text: "GraphQL", link: "/graphql" },
      { text: "Service Worker", link: "/service-worker" },
    ],
  },
  {
    text: "Frameworks",
    items: [
      { text: "Choosing a way", link: "/frameworks/" },
      { text: "Express and Connect", link: "/frameworks/express" },
      { text: "Next.js", link: "/frameworks/next" },
      { text: "React Router", link: "/frameworks/react-router" },
      { text: "Hono", link: "/frameworks/hono" },
      { text: "Nest", link: "/frameworks/nest" },
      { text: "Koa", link: "/frameworks/koa" },
      { text: "Fastify", link: "/frameworks/fastify" },
      { text: "h3", link: "/frameworks/h3" },
      { text: "Nitro", link: "/frameworks/nitro" },
      { text: "Nuxt", link: "/frameworks/nuxt" },
      { text: "Astro", link: "/frameworks/astro" },
      { text: "SvelteKit", link: "/frameworks/sveltekit" },
      { text: "TanStack Start", link: "/frameworks/tanstack-start" },
      { text: "Elysia", link: "/frameworks/elysia" },
      { text: "srvx", link: "/frameworks/srvx" },
      { text: "itty-router", link: "/frameworks/itty-router" },
      { text: "Vite", link: "/frameworks/vite" },
      { text: "AWS Lambda", link: "/frameworks/aws-lambda" },
      { text: "Vercel", link: "/frameworks/vercel" },
      { text: "Netlify", link: "/frameworks/netlify" },
      { text: "Any other framework", link: "/frameworks/by-hand" },
    ],
  },
  {
    text: "Operate",
    items: [
      { text: "Runbook for the night", link: "/runbook" },
      { text: "Command line", link: "/cli" },
      { text: "Panel for operators", link: "/admin" },
      { text: "State and windows", link: "/state" },
      { text: "Several at once", link: "/windows" },
      { text: "Who, when and why", link: "/history" },
      { text: "Safe migrations", link: "/migrations" },
      { text: "Workers and queues", link: "/workers" },
      { text: "Bypass links", link: "/bypass" },
      { text: "Reopening gradually", link: "/reopening" },
      { text: "Announcing maintenance", link: "/announcing" },
      { text: "Health checks and Kubernetes", link: "/kubernetes" },
      { text: "CDNs and caches", link: "/caches" },
      { text: "Search engines", link: "/seo" },
      { text: "Metrics and logs", link: "/metrics" },
      { text: "Recipes", link: "/recipes" },
    ],
  },
  {
    text: "Configure",
    items: [
      { text: "Options", link: "/options" },
      { text: "Who gets in", link: "/who-gets-in" },
      { text: "URL patterns", link: "/urls" },
      { text: "Behind a proxy", link: "/proxies" },
      { text: "What visitors get", link: "/answers" },
      { text: "Page and languages", link: "/page" },
      { text: "Errors and codes", link: "/errors" },
    ],
  },
  {
    text: "Stores",
    items: [
      { text: "Choosing a store", link: "/stores/" },
      { text: "File", link: "/stores/file" },
      { text: "Redis and Valkey", link: "/stores/redis" },
      { text: "Deno KV", link: "/stores/deno-kv" },
      { text: "Cloudflare Workers KV", link: "/stores/cloudflare-kv" },
      { text: "unstorage: S3, SQL and more", link: "/stores/unstorage" },
      { text: "A URL", link: "/stores/http" },
      { text: "Memory", link: "/stores/memory" },
      { text: "Your own store", link: "/stores/your-own" },
    ],
  },
  {
    text: "Coming from",
    items: [
      { text: "Django", link: "/coming-from/django" },
      { text: "Laravel", link: "/coming-from/laravel" },
      { text: "Rails", link: "/coming-from/rails" },
      { text: "Symfony", link: "/coming-from/symfony" },
      { text: "Others", link: "/coming-from/others" },
    ],
  },
  {
    text: "Reference",
    items: [
      { text: "API", link: "/api/" },
      { text: "Runtimes", link: "/runtimes" },
      { text: "Security", link: "/security" },
      { text: "Limits", link: "/limits" },
      { text: "Benchmarks", link: "/benchmarks" },
      { text: "Architecture", link: "/architecture" },
      { text: "Standards", link: "/standards" },
      { text: "Glossary", link: "/glossary" },
    ],
  },
];

export default defineConfig({
  title: TITLE,
  description: DESCRIPTION,
  lang: "en",
  cleanUrls: true,
  srcExclude: ["node_modules"],
  head: [["link", { rel: "icon", href: "data:," }]],
  themeConfig: {
    nav: [
      { text: "Quick start", link: "/quick-start" },
      { text: "Runbook", link: "/runbook" },
      { text: "Options", link: "/options" },
      { text: "API", link: "/api/" },
    ],
    sidebar: [...sidebar.slice(0, -1), { ...sidebar.at(-1)!, items: sidebar.at(-1)!.items.flatMap(withEntryPoints) }],
    outline: [2, 3],
    search: {
      provider: "local",
      // What people look for is explained on a page before it is listed in the reference.
      options: {
        miniSearch: { searchOptions: { boostDocument: (link) => String(link).startsWith("/api/") ? 0.1 : 1 } },
      },
    },
  },
  buildEnd: writeForMachines,
});

/** Puts the entry points below the page of the API reference. They are there once `npm run api` has run. */
function withEntryPoints(item: { text: string; link: string }): DefaultTheme.SidebarItem[] {
  if (item.link !== "/api/") return [item];
  const index = join(root, "api", "index.md");
  if (!existsSync(index)) return [item];
  const links = readFileSync(index, "utf8").matchAll(/^- \[(.+)\]\((.+)\.md\)$/gm);
  const items = Array.from(links, ([, text, file]) => ({ text: text!, link: `/api/${file}` }));
  return [{ ...item, collapsed: true, items }];
}

/**
 * Writes what language models read: `llms.txt`, which lists the pages, `llms-full.txt`, which holds them, and each page as
 * Markdown beside its HTML.
 *
 * @see {@link https://llmstxt.org | llms.txt}
 */
function writeForMachines({ outDir }: SiteConfig): void {
  const lines = [`# ${TITLE}`, "", `> ${DESCRIPTION}`];
  const texts: string[] = [];
  for (const { text: group, items } of sidebar) {
    lines.push("", `## ${group}`, "");
    for (const { text, link } of items) {
      const file = `${link.slice(1)}${link.endsWith("/") ? "index" : ""}.md`;
      lines.push(`- [${text}](/${file})`);
      if (!file.startsWith("api/")) texts.push(readFileSync(join(root, file), "utf8"));
    }
  }
  writeFileSync(join(outDir, "llms.txt"), `${lines.join("\n")}\n`);
  writeFileSync(join(outDir, "llms-full.txt"), texts.join("\n\n"));
  for (const file of readdirSync(root, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".md") || /^(?:node_modules|\.vitepress)\b/.test(file)) continue;
    mkdirSync(dirname(join(outDir, file)), { recursive: true });
    copyFileSync(join(root, file), join(outDir, file));
  }
}
