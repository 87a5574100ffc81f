#!/usr/bin/env node
// The command `smartsupport`: all arguments go to src/main.ts, from whatever folder it is called in.
import { launch } from './launch/launch.mjs';

const args = process.argv.slice(2);
process.exitCode = await launch(args.length > 0 ? args : ['--help']);
