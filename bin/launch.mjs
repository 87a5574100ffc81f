#!/usr/bin/env node
// What the scripts in package.json call. Plain JavaScript that old versions of Node understand, without dependencies:
// it runs before anything is installed.
import { launch } from './launch/launch.mjs';

process.exitCode = await launch(process.argv.slice(2));
