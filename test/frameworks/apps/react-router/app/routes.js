import { index, route } from "@react-router/dev/routes";

export default [
  index("routes/home.jsx"),
  route("about", "routes/about.jsx"),
  route("prerendered", "routes/prerendered.jsx"),
  route("health", "routes/health.js"),
  route("slow", "routes/slow.js"),
  route("stream", "routes/stream.js"),
  route("echo", "routes/echo.js"),
  route("facts", "routes/facts.js"),
  route("fail", "routes/fail.js"),
];
