package dev.agentpulse.gateway;

import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;

/**
 * Says what is wrong with a command line, and how it is used. What picocli repeats of it may be a URL with a password, so
 * that is left out.
 */
public final class CommandLineRefusal implements IParameterExceptionHandler {

    /** A password that nobody encoded may hold any character, so all up to the last at sign counts. */
    private static final Pattern USER_INFO = Pattern.compile("(?s)//.*@");

    /** Not the name of an option for a file of one; where a password ends nobody can tell. */
    private static final Pattern PASSWORD = Pattern.compile("(?is)(password)['=,\\s].*");

    @Override
    public int handleParseException(ParameterException failure, String[] arguments) {
        CommandLine command = failure.getCommandLine();
        command.getErr().println(withoutSecrets(String.valueOf(failure.getMessage())));
        command.usage(command.getErr());
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    private static String withoutSecrets(String text) {
        return PASSWORD.matcher(USER_INFO.matcher(text).replaceAll("//…@")).replaceAll("$1…");
    }
}
