import { index, route, type RouteConfig } from "@react-router/dev/routes";

export default [
  index("routes/home.tsx"),
  route("health", "routes/health.ts"),
  route("login", "routes/login.ts"),
  // Without it, no middleware is called for a URL that nothing matches.
  route("*", "routes/not-found.tsx"),
] satisfies RouteConfig;
