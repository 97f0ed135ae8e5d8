// Holds stores against the contract in workerd. Answers the request with the results as JSON.
import { type Namespace, open as openCloudflareKv } from "./fixtures/cloudflare-kv.ts";
import { open as openHttp } from "./fixtures/http.ts";
import { open as openMemory } from "./fixtures/memory.ts";
import { hold, type Results } from "./hold.ts";

export default {
  /** Runs all cases while it handles a request, since nothing may go on between two. */
  async fetch(_request: Request, env: { KV: Namespace; ORIGIN: string }): Promise<Response> {
    const results: Results = {
      memory: await hold(openMemory),
      http: await hold(() => openHttp(env.ORIGIN)),
      "cloudflare-kv": await hold(() => openCloudflareKv(env.KV)),
    };
    return Response.json(results);
  },
};
