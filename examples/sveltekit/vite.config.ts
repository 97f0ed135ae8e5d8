import adapter from "@sveltejs/adapter-node";
import { sveltekit } from "@sveltejs/kit/vite";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [
    sveltekit({
      adapter: adapter(),
      // The server takes its own URL for an HTTPS one, so that without HTTPS no form would come from its own site. Leave this
      // out behind HTTPS.
      csrf: { trustedOrigins: ["*"] },
    }),
  ],
});
