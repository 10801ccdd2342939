/** China: the library's statutory days, the days the law of 2024 added, and the State Council's notice for a year. */
import { closed, everyYear, hours, publicDays, range } from './days.mjs';

const OFFICE = [{ from: '09:00', to: '18:00' }];
const WEEKDAYS = { mon: OFFICE, tue: OFFICE, wed: OFFICE, thu: OFFICE, fri: OFFICE };

/** Days of parts of the people (8 March, 4 May, 1 June, 1 August) close no office. */
const statutory = {
  kind: 'national',
  name: '法定节假日',
  source:
    'date-holidays 3.37.0 (CC BY 3.0), China, public holidays of everybody. Dates of the lunar calendar are computed; confirm against the yearly notice of the State Council.',
  exceptions: publicDays('CN', ({ rule }) => !/ 12:00$|^06-01$/.test(rule)),
};

/** First day of the lunar year, as the observatory publishes it. */
const NEW_YEAR = { 2026: '2026-02-17', 2027: '2027-02-06', 2028: '2028-01-26' };

const added = {
  kind: 'national',
  name: '法定节假日',
  from: '2025-01-01',
  source:
    '全国年节及纪念日放假办法 as revised on 2024-11-10 (State Council decree 795), in force from 2025-01-01: the eve to the third day of the lunar year (date-holidays 3.37.0 ends with the second), and 2 May.',
  exceptions: everyYear((year) => [
    ...range(NEW_YEAR[year], -1, 2).map((date, day) => closed(date, day === 0 ? '除夕' : '春节')),
    closed(`${year}-05-02`, '劳动节'),
  ]),
};

const off = (name, from, days) => range(from, 0, days - 1).map((date) => closed(date, name));
const work = (date, name) => hours(date, `${name}调休上班`, '09:00', '18:00');

/** Which days are joined to long holidays, and which weekends are worked for it, is told each November for the next year. */
const notice = {
  kind: 'national',
  name: '国务院放假安排',
  from: '2026-01-01',
  source:
    '国务院办公厅关于2026年部分节假日安排的通知 (国办发明电〔2025〕7号): joined holidays and make-up working days of 2026. The notices for 2027 and 2028 are not in it: ' +
    'add each as a layer when it is published, or those years have the statutory days only and every Saturday and Sunday off.',
  exceptions: [
    ...off('元旦', '2026-01-01', 3),
    work('2026-01-04', '元旦'),
    work('2026-02-14', '春节'),
    ...off('春节', '2026-02-15', 9),
    work('2026-02-28', '春节'),
    ...off('清明节', '2026-04-04', 3),
    ...off('劳动节', '2026-05-01', 5),
    work('2026-05-09', '劳动节'),
    ...off('端午节', '2026-06-19', 3),
    work('2026-09-20', '国庆节'),
    ...off('中秋节', '2026-09-25', 3),
    ...off('国庆节', '2026-10-01', 7),
    work('2026-10-10', '国庆节'),
  ],
};

export const china = [
  {
    key: 'cn-office',
    zone: 'Asia/Shanghai',
    week: WEEKDAYS,
    layers: [statutory, added, notice],
    exceptions: [],
  },
];
