import { describe, expect, test } from 'vitest';

import { SilenceForecast } from '../../src/peers/silence-forecast.ts';

describe('SilenceForecast', () => {
  test('forecasts none while heartbeats go out as usual', () => {
    const forecast = new SilenceForecast(1_000, 60_000);
    for (const atMs of [0, 1_000, 2_900, 4_900]) forecast.sent(atMs);
    expect(forecast.forecastMs(4_900)).toBe(0);
  });

  test('forecasts half as much again as the longest of the last three gaps', () => {
    const forecast = new SilenceForecast(1_000, 180_000);
    forecast.sent(0);
    forecast.sent(60_000);
    expect(forecast.forecastMs(60_000)).toBe(90_000);
    for (const atMs of [61_000, 62_000]) forecast.sent(atMs);
    expect(forecast.forecastMs(62_000)).toBe(90_000);
    forecast.sent(63_000);
    expect(forecast.forecastMs(63_000)).toBe(0);
  });

  test('forecasts what was announced, until it is over or taken back', () => {
    const forecast = new SilenceForecast(1_000, 180_000);
    forecast.announce(100_000);
    expect(forecast.forecastMs(40_000)).toBe(60_000);
    expect(forecast.forecastMs(120_000)).toBe(0);
    forecast.announce(50_000);
    expect(forecast.forecastMs(40_000)).toBe(10_000);
  });

  test('forecasts no more than it may, and by default nothing', () => {
    const bounded = new SilenceForecast(1_000, 5_000);
    bounded.announce(Infinity);
    expect(bounded.forecastMs(0)).toBe(5_000);
    const silent = new SilenceForecast(1_000, 0);
    silent.announce(Infinity);
    silent.sent(0);
    silent.sent(1e6);
    expect(silent.forecastMs(1e6)).toBe(0);
  });
});
