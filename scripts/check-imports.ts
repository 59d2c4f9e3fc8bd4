import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The import rules: a file may import from its own project and from those that its project's tsconfig.json references directly. The compiler
 * rejects anything outside the reference graph; this also rejects what is reachable only through somebody else's references.
 * Test files are exempt: they belong to the `test` project, which may import everything.
 */

interface Project {
  dir: string;
  mayImport: Set<string>;
}

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const roots = ['shared', 'services', 'agent', 'cli'];

function* walk(dir: string): Generator<string> {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const file = path.join(dir, entry.name);
    if (entry.isDirectory()) yield* walk(file);
    else yield file;
  }
}

function readProject(tsconfig: string): Project {
  const dir = path.dirname(tsconfig);
  const { references = [] } = JSON.parse(readFileSync(tsconfig, 'utf8')) as { references?: { path: string }[] };
  return { dir, mayImport: new Set([dir, ...references.map((reference) => path.resolve(dir, reference.path))]) };
}

/** The innermost project that holds a file. */
function projectOf(file: string, projects: Project[]): Project | undefined {
  return projects
    .filter((project) => file.startsWith(project.dir + path.sep))
    .sort((a, b) => b.dir.length - a.dir.length)[0];
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const found = text.matchAll(/(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g);
  return [...found].map((match) => path.resolve(path.dirname(file), match[1] ?? ''));
}

/** What keeps memory for as long as an outer signal lives: `withDeadline` and `withAnyOf` are there instead. */
const LEAKING = /AbortSignal\.(any|timeout)\(/;

/** Every file that breaks that rule, as a sentence. */
export function checkSignals(): string[] {
  const files = roots.flatMap((name) => [...walk(path.join(root, name))]);
  return files
    .filter((name) => name.endsWith('.ts') && LEAKING.test(readFileSync(name, 'utf8')))
    .map((name) => `${path.relative(root, name)} uses AbortSignal.any or .timeout: use shared/client/deadline.ts`);
}

/** Every import that breaks the rules, as a sentence. */
export function checkImports(): string[] {
  const files = roots.flatMap((name) => [...walk(path.join(root, name))]);
  const projects = files.filter((file) => path.basename(file) === 'tsconfig.json').map(readProject);
  const broken: string[] = [];
  for (const file of files.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))) {
    const project = projectOf(file, projects);
    for (const target of importsOf(file)) {
      const owner = projectOf(target, projects);
      if (project && owner && project.mayImport.has(owner.dir)) continue;
      const from = path.relative(root, file);
      broken.push(`${from} imports ${path.relative(root, target)}, which its project does not reference`);
    }
  }
  return broken;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const broken = [...checkImports(), ...checkSignals()];
  for (const sentence of broken) console.error(sentence);
  if (broken.length > 0) process.exitCode = 1;
  else console.log('import rules hold');
}
