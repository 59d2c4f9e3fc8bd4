/**
 * Paths of fields that somebody is to be told of. Only the first hundred are shown, but which those are is known when all have been found; a name as long as
 * a body, with thousands of fields below it, must not be spelled out thousands of times before that.
 */
export interface ReportedPaths {
  readonly paths: string[];
  add: (path: string) => void;
}

/** In characters of all paths together; what comes after is not reported. Far more than a hundred sensible ones have. */
const LONGEST = 10_000_000;

export function newReportedPaths(): ReportedPaths {
  const paths: string[] = [];
  let length = 0;
  return {
    paths,
    add: (path) => {
      if (length >= LONGEST) return;
      length += path.length;
      paths.push(path);
    },
  };
}
