import type { Command } from 'commander';
import { loadConfig, maskedConfig } from '../platform/config/index.js';
import { complain } from './session.js';

/** `config`: the whole configuration as the program reads it, with secrets masked. */
export function addConfigCommand(program: Command): void {
  program
    .command('config')
    .description('print the configuration the environment gives, with secrets masked')
    .action(() => {
      try {
        console.log(JSON.stringify(maskedConfig(loadConfig()), null, 2));
      } catch (error) {
        process.exitCode = 1;
        complain(error);
      }
    });
}
