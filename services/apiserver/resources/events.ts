import type { Strategy } from '../registry/strategy.ts';
import { expireEvents } from './event-expiry.ts';
import { validateEvent, validateEventUpdate, validateNewEvent } from './validate-event.ts';

export const eventStrategy: Strategy = {
  allowsCreateOnUpdate: true,
  hasNoDependents: true,
  validate: validateEvent,
  validateCreate: validateNewEvent,
  validateUpdate: validateEventUpdate,
  prepareForCreate: (_object, { registry, nowMs }) => expireEvents(registry, nowMs),
};
