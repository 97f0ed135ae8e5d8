import { createHmac, timingSafeEqual } from "node:crypto";
import process from "node:process";
import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import { maintenanceMode } from "maintenancemode";
import { withMaintenance } from "maintenancemode/aws-lambda";
import { liveState } from "maintenancemode/state";
import { fileStore } from "maintenancemode/stores/file";

const { MAINTENANCE_FILE = "maintenance.json", SESSION_SECRET, STAFF_PASSWORD } = process.env;
if (!SESSION_SECRET || !STAFF_PASSWORD) throw new Error("Set SESSION_SECRET and STAFF_PASSWORD");

/** The session of staff. It says no more than that, so one value does for all. */
const session = `session=${createHmac("sha256", SESSION_SECRET).update("staff").digest("base64url")}`;

function isEqual(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHmac("sha256", "compare").update(text).digest());
  return timingSafeEqual(a!, b!);
}

// A file that all functions mount, from EFS. A Redis store does as well.
const state = liveState(fileStore(MAINTENANCE_FILE), { perRequest: true });
const maintenance = maintenanceMode({ state, ignoreUrls: ["/health", "POST /login"] });

function app({ rawPath, requestContext, body, isBase64Encoded }: APIGatewayProxyEventV2) {
  const headers = { "content-type": "text/plain" };
  if (rawPath === "/health") return { statusCode: 200, headers, body: "ok\n" };
  if (rawPath === "/login" && requestContext.http.method === "POST") {
    const form = new URLSearchParams(Buffer.from(body ?? "", isBase64Encoded ? "base64" : "utf8").toString());
    const isStaff = isEqual(form.get("password") ?? "", STAFF_PASSWORD!);
    const cookies = isStaff ? [`${session}; Path=/; HttpOnly; Secure; SameSite=Lax`] : [];
    return { statusCode: 303, headers: { location: "/" }, cookies };
  }
  return { statusCode: 200, headers, body: "Hello from Lambda\n" };
}

export const handler = withMaintenance(
  maintenance,
  (event: APIGatewayProxyEventV2, _context: Context) => Promise.resolve(app(event)),
  { isStaff: (_request, { event }) => event.cookies?.some((cookie) => isEqual(cookie, session)) === true },
);
