"""People with accounts."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp.database import Database
from webapp.database.models import Person, SignIn
from webapp.people.errors import WrongPassword
from webapp.people.passwords import Passwords, require_strong


class People:
    """Who has an account, and the password that proves it."""

    def __init__(self, database: Database, passwords: Passwords) -> None:
        self._database = database
        self._passwords = passwords

    def authenticate(self, email: str, password: str) -> str:
        """The id of the person with this address and password; raises ``WrongPassword``.

        It takes as long for an address that nobody has.
        """
        with self._database.reading() as session:
            found = session.execute(
                select(Person.id, Person.password_hash).where(Person.email == email)
            ).one_or_none()
        password_hash = found.password_hash if found else None
        if not self._passwords.fits(password, password_hash) or found is None:
            raise WrongPassword
        if self._passwords.is_outdated(found.password_hash):
            self._renew_hash(found.id, found.password_hash, password)
        return str(found.id)

    def has_account(self, email: str) -> bool:
        """For the mail to the address itself, never for an answer."""
        with self._database.reading() as session:
            return session.scalar(select(Person.id).where(Person.email == email)) is not None

    def choose_password(self, email: str, password: str) -> str:
        """Make the account, or give it another password, which ends its sign-ins; returns its id.

        Only for somebody who has proven that the address is theirs. Raises ``WeakPassword``.
        """
        require_strong(password, email)
        password_hash = self._passwords.hash(password)
        try:
            return self._put(email, password_hash)
        except IntegrityError:  # made by another request in between
            return self._put(email, password_hash)

    def change_password(self, person_id: str, email: str, new_password: str) -> None:
        """Change what ``confirm`` has asked for, and end all sign-ins; ``WeakPassword``.

        Raises ``WrongPassword`` where the account is gone meanwhile.
        """
        require_strong(new_password, email)
        password_hash = self._passwords.hash(new_password)
        with self._database.writing() as session:
            person = session.get(Person, person_id)
            if person is None:
                raise WrongPassword
            person.password_hash = password_hash
            _end_sign_ins(session, person_id)

    def delete(self, person_id: str) -> None:
        """Delete the account with all that the database holds of it."""
        with self._database.writing() as session:
            session.execute(delete(Person).where(Person.id == person_id))

    def confirm(self, person_id: str, password: str) -> None:
        """Raise ``WrongPassword`` unless it is the person's."""
        with self._database.reading() as session:
            person = session.get(Person, person_id)
        if person is None or not self._passwords.fits(password, person.password_hash):
            raise WrongPassword

    def _put(self, email: str, password_hash: str) -> str:
        with self._database.writing() as session:
            person = session.scalar(select(Person).where(Person.email == email))
            if person is None:
                person = Person(email=email, password_hash=password_hash)
                session.add(person)
                session.flush()
            else:
                person.password_hash = password_hash
                _end_sign_ins(session, person.id)
            return person.id

    def _renew_hash(self, person_id: str, old_hash: str, password: str) -> None:
        new_hash = self._passwords.hash(password)
        with self._database.writing() as session:
            person = session.get(Person, person_id)
            if person and person.password_hash == old_hash:
                person.password_hash = new_hash


def _end_sign_ins(session: Session, person_id: str) -> None:
    session.execute(delete(SignIn).where(SignIn.person_id == person_id))
