/** What the host runtime knows about one request: the second argument of the gate. */
export interface MaintenanceContext {
  /**
   * The client's IP address as text, IPv4 or IPv6, without a port.
   *
   * Missing, or no address at all, means that the client is nobody: not internal, and never an error.
   */
  clientIp?: string | undefined;
  /** Whether the request was made by staff. Only `true` counts. */
  isStaff?: boolean | undefined;
}
