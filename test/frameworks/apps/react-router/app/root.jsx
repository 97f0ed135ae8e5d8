import { Links, Meta, Outlet, Scripts } from "react-router";

export { middleware } from "./middleware.js";

export default function Root() {
  return (
    <html lang="en">
      <head>
        <title>App</title>
        <Meta />
        <Links />
      </head>
      <body>
        <Outlet />
        <Scripts />
      </body>
    </html>
  );
}

export function ErrorBoundary({ error }) {
  return <p id="error">{String(error.status ?? error.message)}</p>;
}
