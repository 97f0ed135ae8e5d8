import { createFileRoute } from "@tanstack/react-router";
import { getCookie, getRequestIP, setCookie } from "@tanstack/react-start/server";

export const Route = createFileRoute("/facts")({
  server: {
    handlers: {
      GET({ context }) {
        setCookie("app", "1");
        return Response.json({ ip: getRequestIP(), cookie: getCookie("probe"), user: context.user });
      },
    },
  },
});
