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

it('answers at its rate', () => {
  const conversation = new Conversation();
  expect(conversation.answer(now)).toBe(true);
  expect(conversation.answer(now + limits.exchangeAnswer - 1)).toBe(false);
  expect(conversation.answer(now + limits.exchangeAnswer)).toBe(true);
});

it('neither asks nor hears a peer again that told a defect', () => {
  const conversation = new Conversation();
  conversation.ask(now);
  conversation.distrust();
  expect(conversation.expects(now)).toBe(false);
  expect(conversation.ask(now + limits.exchangeAsk)).toBe(false);
});
