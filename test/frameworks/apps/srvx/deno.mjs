import { serve } from "srvx";
import { optionsWith } from "./app.mjs";

serve(optionsWith((request) => {
  const { socket, response } = Deno.upgradeWebSocket(request);
  socket.onmessage = ({ data }) => socket.send(data);
  return response;
}));
