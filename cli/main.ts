import { newProcessFactory } from './process-factory.ts';
import { runPullet } from './pullet.ts';

/** The process `pullet`; what it does is in pullet.ts. */
process.exitCode = await runPullet(process.argv.slice(2), newProcessFactory());
