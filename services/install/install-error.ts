/** Something that the user has to put right; the second line says how. */
export class InstallError extends Error {
  constructor(message: string, fix?: string) {
    super(fix === undefined ? message : `${message}\n${fix}`);
    this.name = 'InstallError';
  }
}
