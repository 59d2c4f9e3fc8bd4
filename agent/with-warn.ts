import type { Logger } from '../shared/controller/logger.ts';

/** The same log, but for its warnings and those of its children, which go where `warn` puts them. */
export function withWarn(log: Logger, warn: Logger['warn']): Logger {
  return {
    debug: (fields, message) => log.debug(fields, message),
    info: (fields, message) => log.info(fields, message),
    warn,
    error: (fields, message) => log.error(fields, message),
    child: (bindings) => withWarn(log.child(bindings), (fields, message) => warn({ ...bindings, ...fields }, message)),
  };
}
