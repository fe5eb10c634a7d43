// Uses the types that the generator made of the AsyncAPI document: this has to compile.

import type { BookingDotCancelled } from "./models/BookingDotCancelled";
import type { EmployeeDotLeft } from "./models/EmployeeDotLeft";

/** Who left, and their Primary team. */
export function left(event: EmployeeDotLeft): [string, string | undefined] {
  const primary = event.employee.teams.find((team) => team.kind === "primary");
  return [event.employee.userName, primary?.id];
}

/** What a booking system has to cancel. */
export function toCancel(event: BookingDotCancelled): string | undefined {
  const { source, reference, cancelledBy } = event.booking;
  return source === "desks" && cancelledBy === "administrator" ? reference : undefined;
}
