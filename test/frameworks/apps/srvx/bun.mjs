import { serve } from "srvx";
import { optionsWith } from "./app.mjs";

serve({
  ...optionsWith((request) => {
    request.runtime.bun.server.upgrade(request);
  }),
  bun: { websocket: { message: (socket, data) => socket.send(data) } },
});
