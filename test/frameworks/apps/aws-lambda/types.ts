/** The adapters of platforms against the platforms' own types. Nothing runs this: its types are checked. */
import type { Config, Context } from "@netlify/functions";
import { next } from "@vercel/functions";
import type {
  ALBEvent,
  ALBHandler,
  APIGatewayProxyEvent,
  APIGatewayProxyHandler,
  APIGatewayProxyHandlerV2,
  LambdaFunctionURLEvent,
  LambdaFunctionURLHandler,
} from "aws-lambda";
import { maintenanceMode } from "maintenancemode";
import { withMaintenance } from "maintenancemode/aws-lambda";
import { withMaintenance as onNetlify } from "maintenancemode/netlify";
import { withMaintenance as onVercel } from "maintenancemode/vercel";

const maintenance = maintenanceMode();
const result = Promise.resolve({ statusCode: 200, body: "Hello" });

export const rest: APIGatewayProxyHandler = withMaintenance(maintenance, (_event: APIGatewayProxyEvent) => result, {
  isStaff: (request, { event }) => event.requestContext.authorizer?.["role"] === "staff" && request.method === "GET",
});
export const http: APIGatewayProxyHandlerV2 = withMaintenance(maintenance, () => result);
export const url: LambdaFunctionURLHandler = withMaintenance(maintenance, (_event: LambdaFunctionURLEvent) => result);
export const balancer: ALBHandler = withMaintenance(maintenance, (_event: ALBEvent) => result);

const own: APIGatewayProxyHandlerV2 = () => result;
export const typed: APIGatewayProxyHandlerV2 = withMaintenance(maintenance, own, {
  isStaff: (_request, { event, context }) => event.cookies?.includes("staff") === true && context.functionName !== "",
});

export const netlify = onNetlify(maintenance, (_request: Request, context: Context) => new Response(context.ip), {
  isStaff: (_request, { cookies }) => cookies.get("session") === "staff",
});
export const edge = onNetlify(maintenance, (_request: Request, context: Context) => context.next());
export const config: Config = { path: "/*" };

export const vercel = { fetch: onVercel(maintenance, (_request: Request) => new Response("Hello")) };
export const middleware = onVercel(maintenance, () => next());
