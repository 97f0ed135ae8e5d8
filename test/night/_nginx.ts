/** A real nginx in front of the processes of the site. */
import { mkdirSync, writeFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { SERVER_PATH } from "../_needs.ts";
import { type Running, startProcess } from "./_processes.ts";

/**
 * The beginning of a configuration, into its block `http`.
 *
 * @param directory The folder for all that nginx writes.
 */
export function configurationHead(directory: string, processes: number, connections: number): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) =>
    `${name}_temp_path ${join(directory, name)};`
  );
  // As root, its workers would run as another user, who may not enter the directory.
  const user = os.userInfo().uid === 0 ? `user ${os.userInfo().username} root;` : "";
  return `
${user}
daemon off;
worker_processes ${processes};
pid ${join(directory, "nginx.pid")};
error_log ${join(directory, "error.log")} warn;
events { worker_connections ${connections}; }
http {
  access_log off;
  ${temporary.join("\n  ")}`;
}

function configuration(directory: string, port: number, ports: readonly number[]): string {
  return `${configurationHead(directory, 2, 1024)}
  upstream site {
    zone site 128k;
    ${ports.map((port) => `server 127.0.0.1:${port} max_fails=1 fail_timeout=1s;`).join("\n    ")}
    keepalive 32;
    # Of a connection without work, nginx lets go first: a process that closes it may be sent a POST at that moment, which is lost.
    keepalive_timeout 20s;
  }
  server {
    listen 127.0.0.1:${port};
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host $host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_connect_timeout 2s;
    location / { proxy_pass http://site; }
    # What comes and goes little by little reaches the processes so, too.
    location ~ ^/(upload|download|events) {
      proxy_request_buffering off;
      proxy_buffering off;
      proxy_read_timeout 1h;
      proxy_pass http://site;
    }
  }
}
`;
}

/** Starts it on a port, in a directory that nobody else uses. */
export async function startNginx(directory: string, port: number, ports: readonly number[]): Promise<Running> {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, "nginx.conf");
  writeFileSync(file, configuration(directory, port, ports));
  return await startProcess(["nginx", "-p", directory, "-c", file, "-e", "stderr"], {
    env: { PATH: SERVER_PATH },
    // Killed, it would leave its workers behind.
    lastly: "SIGTERM",
  });
}
