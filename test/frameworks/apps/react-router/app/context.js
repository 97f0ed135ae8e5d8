import { createContext } from "react-router";

/** The address of the client, which only a server of one's own knows. */
export const addressContext = createContext(undefined);

export const userContext = createContext(undefined);
