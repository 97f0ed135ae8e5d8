import { reactRouter } from "@react-router/dev/vite";

const server = { build: { rolldownOptions: { input: "app/server-build.js" } } };

export default { environments: { ssr: server }, plugins: [reactRouter()] };
