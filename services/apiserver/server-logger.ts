/** The part of a logger that the server needs; the product's own (pino) fits. Never given tokens, keys or bodies. */
export interface ServerLogger {
  debug(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
