/** Brazil: the library's national days, and what has to be added to them for an office in São Paulo. */
import { closed, everyYear, fromEaster, hours, publicDays } from './days.mjs';

const OFFICE = [{ from: '09:00', to: '18:00' }];
const WEEKDAYS = { mon: OFFICE, tue: OFFICE, wed: OFFICE, thu: OFFICE, fri: OFFICE };

/** With a state the library forgets 20 November, so the country is asked alone. */
const national = {
  kind: 'national',
  name: 'Feriados nacionais',
  source:
    'date-holidays 3.37.0 (CC BY 3.0), Brazil, public holidays. Election Sundays are in it (Código Eleitoral, art. 380). ' +
    'Confirm against the yearly ordinance of the federal government (Portaria MGI).',
  exceptions: publicDays('BR'),
};

const corrections = {
  kind: 'national',
  name: 'Feriados nacionais, nomes da lei',
  from: '2024-01-01',
  source:
    'Lei 14.759/2023: 20 November is a national holiday everywhere. Editions of date-holidays lose it as soon as a state is named; this layer keeps it whatever they do.',
  exceptions: everyYear((year) => [closed(`${year}-11-20`, 'Dia Nacional de Zumbi e da Consciência Negra')]),
};

const state = {
  kind: 'state',
  name: 'Feriado do Estado de São Paulo',
  source: 'Lei estadual (SP) 9.497/1997: 9 July, Data Magna. Other states have other dates.',
  exceptions: everyYear((year) => [closed(`${year}-07-09`, 'Revolução Constitucionalista')]),
};

const city = {
  kind: 'municipal',
  name: 'Feriados da cidade de São Paulo',
  source:
    'Lei municipal (São Paulo) 14.485/2007: 25 January and Corpus Christi. Every city has its own, and may move them; confirm with the city.',
  exceptions: everyYear((year) => [
    closed(`${year}-01-25`, 'Aniversário de São Paulo'),
    closed(fromEaster(year, 60), 'Corpus Christi'),
  ]),
};

/** Custom, not law: an employer may open. Half days are those of the federal ordinance for its own offices. */
const optional = {
  kind: 'optional',
  name: 'Pontos facultativos',
  source:
    'Custom and the yearly federal ordinance, which binds public offices only: Carnival Monday and Tuesday closed, Ash Wednesday from 14:00, ' +
    '24 and 31 December until 13:00. Half-day hours change from year to year and place to place: every seller has to confirm them.',
  exceptions: everyYear((year) => [
    closed(fromEaster(year, -48), 'Carnaval'),
    closed(fromEaster(year, -47), 'Carnaval'),
    hours(fromEaster(year, -46), 'Quarta-feira de Cinzas', '14:00', '18:00'),
    ...['24', '31'].flatMap((day) =>
      eve(`${year}-12-${day}`, day === '24' ? 'Véspera de Natal' : 'Véspera de Ano-Novo'),
    ),
  ]),
};

/** A half day on a weekend would open an office that is closed. */
function eve(date, name) {
  const weekday = new Date(`${date}T12:00:00Z`).getUTCDay();
  return weekday === 0 || weekday === 6 ? [] : [hours(date, name, '09:00', '13:00')];
}

const base = { zone: 'America/Sao_Paulo', week: WEEKDAYS };

export const brazil = [
  { key: 'br-office', ...base, layers: [national, corrections, state, city, optional], exceptions: [] },
  { key: 'br-national', ...base, layers: [national, corrections], exceptions: [] },
];
