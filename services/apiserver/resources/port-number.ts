/** Port numbers as upstream validates them. */
export const PORT_TEXT = 'must be between 1 and 65535, inclusive';

export const isPort = (port: unknown): boolean => Number.isInteger(port) && Number(port) > 0 && Number(port) < 65_536;
