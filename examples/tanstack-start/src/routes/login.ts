import process from "node:process";
import { createFileRoute } from "@tanstack/react-router";
import { beginStaffSession, isEqual } from "../session.server";

export const Route = createFileRoute("/login")({
  server: {
    handlers: {
      async POST({ request }) {
        const { STAFF_PASSWORD } = process.env;
        if (!STAFF_PASSWORD) throw new Error("Set STAFF_PASSWORD");
        const password = (await request.formData()).get("password");
        if (isEqual(String(password), STAFF_PASSWORD)) beginStaffSession();
        return new Response(null, { status: 303, headers: { location: "/" } });
      },
    },
  },
});
