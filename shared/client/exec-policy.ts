/** What a process lets the programs that kubeconfigs name do. */
export interface ExecPolicy {
  /** Why a program may not be run, in words; undefined if it may. */
  refusal(command: string): string | undefined;
  /** There is somebody who can be asked for a password: the program gets the terminal. */
  isInteractive: boolean;
  /** Whether what a failed program has said is told; it may hold a secret, so only where the reader is who has written the kubeconfig. */
  tellsErrors: boolean;
  /** Variables of the kubeconfig that are not handed on: they would make another program of an allowed one. */
  isForbiddenVariable(name: string): boolean;
}

/** As kubectl does: the user's own kubeconfig may run what it likes. */
export const userExecPolicy: ExecPolicy = {
  refusal: () => undefined,
  get isInteractive() {
    return process.stdin.isTTY === true;
  },
  tellsErrors: true,
  isForbiddenVariable: () => false,
};

/** Of loaders and interpreters: what they name is code. */
const CODE_VARIABLES =
  /^(PATH|ENV|BASH_.*|SHELLOPTS|IFS|LD_.*|DYLD_.*|GCONV_PATH|NODE_.*|PYTHON.*|PERL.*|RUBY.*|GEM_.*|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|GIT_.*|PROXY_COMMAND|OPENSSL_CONF|OPENSSL_MODULES)$/i;

/** For kubeconfigs that others have written: only programs that are listed, by the name or the absolute path that the kubeconfig gives. */
export function listedExecPolicy(allowed: readonly string[], flag: string): ExecPolicy {
  return {
    refusal: (command) => {
      if (allowed.includes(command)) return undefined;
      const listed = allowed.length === 0 ? 'none is' : `these are: ${allowed.join(', ')}`;
      return `is not among the programs that may be run here (${listed}); ${flag} lists them`;
    },
    isInteractive: false,
    tellsErrors: false,
    isForbiddenVariable: (name) => CODE_VARIABLES.test(name),
  };
}
