import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

const TYPES = { html: "text/html; charset=utf-8", js: "text/javascript", json: "application/json" };

/** Any server of static files will do: the gate is in the Service Worker. */
createServer(async (req, res) => {
  if (req.url === "/health") return res.end("ok\n");
  const name = /^\/([\w-]+\.(html|js|json))$/.exec(req.url === "/" ? "/index.html" : req.url ?? "");
  try {
    if (name === null) throw new Error("not found");
    const content = await readFile(new URL(`public/${name[1]}`, import.meta.url));
    res.writeHead(200, { "content-type": TYPES[name[2]] }).end(content);
  } catch {
    res.writeHead(404).end("Not found\n");
  }
}).listen(3000);
