/** Asks the page to explain a figure: which one, of whom or of which source table, over which window. */
export interface WhyQuestion {
  figure: string;
  agent?: string;
  source?: string;
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
