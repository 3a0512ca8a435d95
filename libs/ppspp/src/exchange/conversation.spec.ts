import { limits, second } from '../limits';
import { Conversation } from './conversation';

const now = 100 * second;

it('takes as many answers as one PEX_REQ asks for, as long as they are not late', () => {
  const conversation = new Conversation();
  expect(conversation.expects(now)).toBe(false);
  expect(conversation.ask(now)).toBe(true);
  expect(conversation.ask(now + limits.exchangeAsk - 1)).toBe(false);
  expect(conversation.expects(now + limits.exchangeLate)).toBe(true);
  expect(conversation.expects(now + limits.exchangeLate + 1)).toBe(false);
  for (let count = 1; count < limits.exchangeAnswers; count++) expect(conversation.expects(now)).toBe(true);
  expect(conversation.expects(now)).toBe(false);
  expect(conversation.ask(now + limits.exchangeAsk)).toBe(true);
  expect(conversation.expects(now + limits.exchangeAsk)).toBe(true);
});

it('asks again as long as nothing comes, and so often at most', () => {
  const conversation = new Conversation();
  expect(conversation.repeatAt).toBeUndefined();
  conversation.ask(now);
  let at = now;
  for (let count = 1; count < limits.exchangeAsks; count++) {
    expect(conversation.repeatAt).toBe(at + limits.exchangeRepeat);
    at += limits.exchangeRepeat;
    conversation.repeat(at);
  }
  expect(conversation.repeatAt).toBeUndefined();
  expect(conversation.expects(at + limits.exchangeLate)).toBe(true);
  conversation.ask(now + limits.exchangeAsk);
  expect(conversation.repeatAt).toBe(now + limits.exchangeAsk + limits.exchangeRepeat);
  conversation.expects(now + limits.exchangeAsk);
  expect(conversation.repeatAt).toBeUndefined();
});

it('answers at its rate, what is said again too', () => {
  const conversation = new Conversation();
  for (let count = 0; count < limits.exchangeAsks; count++) expect(conversation.answer(now + count)).toBe(true);
  expect(conversation.answer(now + limits.exchangeAnswer - 1)).toBe(false);
  expect(conversation.answer(now + limits.exchangeAnswer)).toBe(true);
});

it('neither asks nor hears a peer again that told a defect', () => {
  const conversation = new Conversation();
  conversation.ask(now);
  conversation.distrust();
  expect(conversation.repeatAt).toBeUndefined();
  expect(conversation.expects(now)).toBe(false);
  expect(conversation.ask(now + limits.exchangeAsk)).toBe(false);
});
