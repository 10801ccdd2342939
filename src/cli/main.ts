import { Command } from 'commander';
import { addBackupCommand } from './backup-command.js';
import { addConfigCommand } from './config-command.js';
import { addDefinitionCommand } from './definition-command.js';
import { addInboxCommand } from './inbox-command.js';
import { addKeysCommand } from './keys-command.js';
import { addReplayCommand } from './replay-command.js';
import { addRetentionCommand } from './retention-command.js';

const program = new Command('atende').description('Commands beside the running program').showHelpAfterError();
addConfigCommand(program);
addReplayCommand(program);
addRetentionCommand(program);
addInboxCommand(program);
addKeysCommand(program);
addBackupCommand(program);
addDefinitionCommand(program);
await program.parseAsync();
