/** Asks the page to explain a figure: which one, of whom, over which window. */
export interface WhyQuestion {
  figure: string;
  agent?: string;
  window?: string;
  alertId?: string;
}

const EVENT = 'agentpulse:why';

export function askWhy(question: WhyQuestion): void {
  dispatchEvent(new CustomEvent(EVENT, { detail: question }));
}

export function onWhy(listener: (question: WhyQuestion) => void): () => void {
  const heard = (event: Event) => listener((event as CustomEvent<WhyQuestion>).detail);
  addEventListener(EVENT, heard);
  return () => removeEventListener(EVENT, heard);
}
