import process from "node:process";
import { createContext, createCookieSessionStorage, type MiddlewareFunction, type Session } from "react-router";

const { SESSION_SECRET } = process.env;
if (!SESSION_SECRET) throw new Error("Set SESSION_SECRET");

interface SessionData {
  isStaff: boolean;
}

export const sessions = createCookieSessionStorage<SessionData>({
  cookie: { name: "session", httpOnly: true, path: "/", sameSite: "lax", secrets: [SESSION_SECRET] },
});

export const sessionContext = createContext<Session<SessionData>>();

export const findSession: MiddlewareFunction<Response> = async ({ request, context }) => {
  context.set(sessionContext, await sessions.getSession(request.headers.get("cookie")));
};
