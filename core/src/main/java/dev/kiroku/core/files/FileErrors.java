package dev.kiroku.core.files;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Errors of the file system in words: the messages of the JDK's exceptions are often a path alone. */
public final class FileErrors {
    private FileErrors() {}

    /** Returns the reason of an error for a message that names the file, such as {@code permission denied}. */
    public static String reason(IOException error) {
        return switch (error) {
            case NoSuchFileException _ -> "it does not exist";
            case AccessDeniedException _ -> "permission denied";
            case NotDirectoryException _ -> "it is not a folder";
            case FileAlreadyExistsException e -> e.getFile() + " exists and is not a folder";
            case CharacterCodingException _ -> "it is not text in UTF-8";
            case FileSystemException e when e.getReason() != null -> e.getReason();
            default -> String.valueOf(error.getMessage());
        };
    }
}
