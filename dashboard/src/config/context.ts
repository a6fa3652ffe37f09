import { createContext, useContext } from 'react';
import type { Config } from './config';

export const ConfigContext = createContext<Config | null>(null);

export function useConfig(): Config {
  const config = useContext(ConfigContext);
  if (!config) {
    throw new Error('There is no configuration above this component.');
  }
  return config;
}
