import { Injectable } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import { describeApi } from './document.js';

/** The description of the running API, made when somebody first asks for it. */
@Injectable()
export class ApiDescription {
  #app: INestApplication | null = null;
  #text: string | null = null;

  /** Names the application to describe; called once it is built. */
  of(app: INestApplication): void {
    this.#app = app;
  }

  /** The document as JSON. */
  get json(): string {
    if (this.#app === null) throw new Error('There is no application to describe');
    return (this.#text ??= JSON.stringify(describeApi(this.#app)));
  }
}
