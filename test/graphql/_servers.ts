/** GraphQL servers behind a gate, over HTTP. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { createHandler } from "graphql-http/lib/use/http";
import { buildSchema, type GraphQLSchema } from "graphql";
import { createSchema, createYoga } from "graphql-yoga";
import { onTestFinished } from "vitest";
import { readOnlyApolloPlugin, type ReadOnlyOptions, readOnlyRule, readOnlyYogaPlugin } from "../../src/graphql.ts";
import { maintenanceMiddleware } from "../../src/hosts/connect.ts";
import { type HostOptions, type NodeInfo, withMaintenance } from "../../src/hosts/node.ts";
import type { Maintenance } from "../../src/index.ts";

const typeDefs = `
  type Query { items: [String!]! }
  type Mutation { add(item: String!): Int! }
  type Subscription { ticks: Int! }
`;

/** A GraphQL server with a list that mutations add to, and the gate in front of it. */
export interface GraphqlServer {
  readonly url: string;
  readonly items: string[];
}

/** Starts one of the servers. */
export type Start = (maintenance: Maintenance, isStaff?: (req: IncomingMessage) => boolean) => Promise<GraphqlServer>;

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  onTestFinished(() => void server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

function hostOptions(isStaff?: (req: IncomingMessage) => boolean): HostOptions<NodeInfo> {
  return isStaff === undefined ? {} : { isStaff: (_request, { req }) => isStaff(req as IncomingMessage) };
}

/** Tells the plugins who is staff. */
function readOnlyOptions(
  isStaff: ((req: IncomingMessage) => boolean) | undefined,
): ReadOnlyOptions<{ req: IncomingMessage }> {
  return isStaff === undefined ? {} : { ctx: ({ req }) => ({ isStaff: isStaff(req) }) };
}

/** GraphQL Yoga as a fetch handler. */
export const startYoga: Start = async (maintenance, isStaff) => {
  const items: string[] = [];
  const schema = createSchema<{ req: IncomingMessage }>({
    typeDefs,
    resolvers: {
      Query: { items: () => items },
      Mutation: { add: (_parent, { item }: { item: string }) => items.push(item) },
      Subscription: {
        ticks: {
          async *subscribe() {
            yield { ticks: 1 };
          },
        },
      },
    },
  });
  const plugins = [readOnlyYogaPlugin(maintenance, readOnlyOptions(isStaff))];
  const yoga = createYoga<{ req: IncomingMessage }>({ schema, plugins, batching: true, logging: false });
  const listener = withMaintenance(
    maintenance,
    (request: Request, { req }: NodeInfo) => yoga.fetch(request, { req: req as IncomingMessage }),
    hostOptions(isStaff),
  );
  return { url: await listen(listener as RequestListener), items };
};

/** Apollo Server, alone: nothing but the plugin asks the gate. */
export const startApollo: Start = async (maintenance, isStaff) => {
  const items: string[] = [];
  const server = new ApolloServer<{ req: IncomingMessage }>({
    typeDefs,
    resolvers: {
      Query: { items: () => items },
      Mutation: { add: (_parent: unknown, { item }: { item: string }) => items.push(item) },
    },
    plugins: [readOnlyApolloPlugin(maintenance, readOnlyOptions(isStaff))],
    allowBatchedHttpRequests: true,
  });
  onTestFinished(() => server.stop());
  const { url } = await startStandaloneServer(server, {
    listen: { port: 0, host: "127.0.0.1" },
    context: ({ req }) => Promise.resolve({ req }),
  });
  return { url: new URL("/graphql", url).href, items };
};

/** graphql-http behind the middleware. */
export const startGraphqlHttp: Start = async (maintenance, isStaff) => {
  const items: string[] = [];
  const schema: GraphQLSchema = buildSchema(typeDefs);
  const handler = createHandler({
    schema,
    rootValue: { items: () => items, add: ({ item }: { item: string }) => items.push(item) },
    validationRules: ({ raw }, _args, rules) => {
      return [...rules, readOnlyRule(maintenance, raw, isStaff && { isStaff: isStaff(raw) })];
    },
  });
  const middleware = maintenanceMiddleware(maintenance, hostOptions(isStaff));
  return { url: await listen((req, res) => middleware(req, res, () => handler(req, res))), items };
};
