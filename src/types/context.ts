/** What the host runtime knows about one request: the second argument of the gate. */
export interface MaintenanceContext {
  /**
   * The client's IP address as text, IPv4 or IPv6, without a port.
   *
   * Without it, or with a text that is not an address, the client is not internal. That is never an error.
   */
  clientIp?: string | undefined;
  /** Whether staff made the request. Only `true` counts. */
  isStaff?: boolean | undefined;
}
